using Microsoft.AspNetCore.Mvc.RazorPages;
using Platform.Identity.People;
using Platform.Identity.Text;

namespace Platform.Identity.Pages;

/// <summary>A page in the language of its reader.</summary>
internal abstract class PageWithTexts : PageModel
{
    private Texts? _texts;

    /// <summary>Set by pages that know which languages the application asked for.</summary>
    protected string? UiLocales { get; set; }

    /// <summary>Null for the platform's own look.</summary>
    public TenantBrand? Brand { get; protected set; }

    public Texts T => _texts ??= Texts.For(Request, UiLocales);
}
