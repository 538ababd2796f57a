namespace Platform.Admin.Web.Pages.Events;

/// <summary>All fields of the event.</summary>
public sealed class DeadLetterModel(AdminApi api) : DeadLetterPage(api)
{
    /// <summary>The data of the event, on lines of its own.</summary>
    public string? Payload => Letter.Fields?.GetValueOrDefault("data") is { } data ? JsonText.Indented(data) : null;
}
