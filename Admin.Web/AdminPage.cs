using Microsoft.AspNetCore.Mvc.RazorPages;
using Platform.Contracts;

namespace Platform.Admin.Web;

/// <summary>A page for platform staff. Instants are shown in UTC unless the page is about one tenant.</summary>
public abstract class AdminPage(AdminApi api) : PageModel
{
    protected AdminApi Api { get; } = api;

    /// <summary>The reader may change things; the others only read, and the API refuses them anything else.</summary>
    public bool CanWrite => User.HasClaim(ClaimNames.PlatformRole, PlatformRoles.InternalAdmin);
}
