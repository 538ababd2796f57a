namespace Platform.Identity.Pages;

/// <summary>A page with a form: it lists what is wrong above the form, and marks the fields.</summary>
internal abstract class FormPage : PageWithTexts
{
    /// <summary>Id of the field, or null, and what is wrong with it.</summary>
    public List<(string? Field, string Text)> Problems { get; } = [];

    public string? IsWrong(string field) => Problems.Any(problem => problem.Field == field) ? "true" : null;

    protected Microsoft.AspNetCore.Mvc.RazorPages.PageResult Refuse(string text, int? status = null, string? field = null)
    {
        Problems.Add((field, text));
        if (status is { } code) Response.StatusCode = code;
        return Page();
    }

    /// <summary>The rule that a new password breaks, for the field that it was typed into.</summary>
    protected bool IsNewPassword(string? password, string? repeated)
    {
        if (string.IsNullOrEmpty(password)) Problems.Add(("password", T.PasswordMissing));
        else if (password != repeated) Problems.Add(("repeat", T.PasswordsDiffer));
        return Problems is [];
    }
}
