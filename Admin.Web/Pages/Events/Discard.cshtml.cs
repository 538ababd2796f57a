namespace Platform.Admin.Web.Pages.Events;

/// <summary>Says what discarding does before it is done; the form goes to the page DeadLetters.</summary>
public sealed class DiscardModel(AdminApi api) : DeadLetterPage(api);
