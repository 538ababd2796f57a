using Microsoft.AspNetCore.Mvc;

namespace Platform.Hub.Web.Settings;

/// <summary>A page that edits weekly hours: of the organisation, or of a resource.</summary>
public abstract class WeekPage(SettingsTools tools) : SettingsPage<WeekForm>(tools)
{
    /// <summary>Alters the rows for a button that says so; else checks the times.</summary>
    /// <returns>The page to show instead of saving; null when the form can be saved.</returns>
    protected IActionResult? Edited(string? change)
    {
        if (change is not null)
        {
            Input.Alter(change);
            return Redrawn();
        }

        Input.Complete();
        foreach (var field in Input.Wrong()) ModelState.AddModelError(field, Text["Setup.Week.Wrong"]);
        return ModelState.IsValid ? null : Refused();
    }
}
