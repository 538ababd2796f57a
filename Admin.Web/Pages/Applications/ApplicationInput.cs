using System.ComponentModel.DataAnnotations;

namespace Platform.Admin.Web.Pages.Applications;

public sealed class ApplicationInput
{
    [Required, StringLength(200)]
    public string Name { get; set; } = "";

    [StringLength(2000)]
    public string? Description { get; set; }

    /// <summary>Tenants may be given licences of it.</summary>
    public bool Licensable { get; set; } = true;
}
