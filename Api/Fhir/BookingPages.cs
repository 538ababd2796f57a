using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Platform.Contracts;

namespace Platform.Api.Fhir;

/// <summary>Where people go on who found a slot elsewhere.</summary>
internal sealed class BookingPageOptions
{
    public const string Section = "BookingPages";

    /// <summary>Of the site with the pages to book on. Without it, slots have no link.</summary>
    [Url]
    public string? Url { get; init; }

    /// <summary>The page of one slot; null if there is no site.</summary>
    /// <param name="slug">Of the tenant.</param>
    public string? Of(string slug, long serviceId, DateTimeOffset start) => Url is null
        ? null
        : $"{Url.TrimEnd('/')}/{slug}/{serviceId}?slot={Uri.EscapeDataString(PlatformJson.WriteInstant(start))}";
}

[OptionsValidator]
internal sealed partial class BookingPageOptionsValidator : IValidateOptions<BookingPageOptions>;
