using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Platform.Api.Public;

internal sealed class ManageLinkOptions
{
    public const string Section = "ManageLinks";

    /// <summary>
    /// Signs the links by which clients manage their bookings. Changing it ends all links that were sent.
    /// </summary>
    [Required, MinLength(32)]
    public string Key { get; init; } = "";
}

[OptionsValidator]
internal sealed partial class ManageLinkOptionsValidator : IValidateOptions<ManageLinkOptions>;
