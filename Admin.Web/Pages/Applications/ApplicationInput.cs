using System.ComponentModel.DataAnnotations;
using Platform.Contracts;

namespace Platform.Admin.Web.Pages.Applications;

public sealed class ApplicationInput
{
    [Required, StringLength(200)]
    public string Name { get; set; } = "";

    [StringLength(2000)]
    public string? Description { get; set; }

    /// <summary>Where it opens; blank for a part of the Hub itself.</summary>
    [StringLength(500), HttpsAddress]
    public string? LaunchUrl { get; set; }

    /// <summary>Tenants may be given licences of it.</summary>
    public bool Licensable { get; set; } = true;
}
