using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using Platform.Ui.Localization;

namespace Platform.Ui.Http;

/// <summary>A sentence that the next page shows once: what a form did before it led there.</summary>
public static class Notices
{
    public const string Key = "Notice";

    /// <summary>The URL of a form that takes the change back, where there is one.</summary>
    public const string UndoKey = "Notice.Undo";

    extension(PageModel page)
    {
        public void Notice(string text) => page.TempData[Key] = text;

        /// <summary>The sentence for the code of the API's answer.</summary>
        /// <param name="undoUrl">Of a POST without fields that takes it back; null for none.</param>
        public void NoticeOf(string? code, string? undoUrl = null)
        {
            var text = page.HttpContext.RequestServices.GetRequiredService<IStringLocalizer<UiText>>();
            var known = text[$"Done.{code}"];
            page.Notice(known.ResourceNotFound ? text["Done.OK"] : known);
            if (undoUrl is not null) page.TempData[UndoKey] = undoUrl;
        }
    }
}
