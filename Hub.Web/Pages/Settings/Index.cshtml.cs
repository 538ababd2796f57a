using Platform.Hub.Web.Settings;

namespace Platform.Hub.Web.Pages.Settings;

/// <summary>All of the set-up at a glance.</summary>
public sealed class IndexModel(SettingsTools tools) : SettingsPage(tools)
{
    public void OnGet()
    {
    }
}
