using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Platform.Ui.Pages;

/// <summary>Where signing out ends.</summary>
[AllowAnonymous]
public sealed class SignedOutModel : PageModel;
