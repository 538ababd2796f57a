using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Platform.Ui.Http;

/// <summary>A sentence that the next page shows once: what a form did before it led there.</summary>
public static class Notices
{
    public const string Key = "Notice";

    extension(PageModel page)
    {
        public void Notice(string text) => page.TempData[Key] = text;
    }
}
