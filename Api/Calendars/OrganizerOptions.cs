using System.ComponentModel.DataAnnotations;
using System.Net.Mail;
using Microsoft.Extensions.Options;

namespace Platform.Api.Calendars;

/// <summary>The ORGANIZER of calendar entries: the tenant, at the address that its mails come from.</summary>
internal sealed class OrganizerOptions
{
    public const string Section = "Mail";

    /// <summary>As the Worker's: an address, with or without a name.</summary>
    [Required]
    public string From { get; init; } = "Platform <no-reply@platform.example>";

    public string Address => new MailAddress(From).Address;
}

[OptionsValidator]
internal sealed partial class OrganizerOptionsValidator : IValidateOptions<OrganizerOptions>;
