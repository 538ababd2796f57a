using Microsoft.AspNetCore.Mvc.RazorPages;
using Platform.Identity.Text;

namespace Platform.Identity.Pages;

/// <summary>A page in the language of its reader.</summary>
internal abstract class PageWithTexts : PageModel
{
    private Texts? _texts;

    /// <summary>Set by pages that know which languages the application asked for.</summary>
    protected string? UiLocales { get; set; }

    public Texts T => _texts ??= Texts.For(Request, UiLocales);
}
