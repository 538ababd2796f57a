using System.Text.Json.Nodes;
using Platform.Api.Http;
using Platform.Contracts.People;
using Platform.Core.Scim;

namespace Platform.Api.Scim;

/// <summary>The person of whom a directory writes.</summary>
internal static class ScimPerson
{
    private const int MaxUserName = 254, MaxName = 200;

    /// <exception cref="ScimException" />
    public static string UserNameOf(JsonObject user) =>
        Text(user["userName"]) is { Length: <= MaxUserName } name && !string.IsNullOrWhiteSpace(name)
            ? name
            : throw new ScimException(
                ScimErrorTypes.InvalidValue, $"userName is missing, blank or longer than {MaxUserName} characters.");

    /// <summary>
    /// With the primary address, else that of work, else any, else the name of the user. The person is called as they
    /// are shown, or by the parts of their name.
    /// </summary>
    /// <exception cref="ScimException" />
    public static CreateUserRequest Of(JsonObject user)
    {
        var userName = UserNameOf(user);
        List<JsonObject> emails = [.. (user["emails"] as JsonArray ?? []).OfType<JsonObject>()];
        var email = emails.Find(e => e["primary"]?.GetValue<bool>() is true)
            ?? emails.Find(e => Text(e["type"]) is "work")
            ?? emails.FirstOrDefault();
        var name = user["name"] as JsonObject;
        var parts = $"{Text(name?["givenName"])} {Text(name?["familyName"])}".Trim();
        var shown = ((string?[])[Text(user["displayName"]), Text(name?["formatted"]), parts, userName])
            .First(text => !string.IsNullOrWhiteSpace(text))!;
        var language = Text(user["preferredLanguage"]) ?? Text(user["locale"]) ?? "";

        var person = new CreateUserRequest(
            EmailAddresses.Canonical(Text(email?["value"]) ?? userName),
            Truncate(shown),
            language.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? "en" : null);
        return RequestValidation.Check(person) is [var error, ..]
            ? throw new ScimException(ScimErrorTypes.InvalidValue, $"The person cannot be written to: {error.Message}")
            : person;
    }

    private static string Truncate(string name) =>
        name.Length <= MaxName ? name : name[..(char.IsHighSurrogate(name[MaxName - 1]) ? MaxName - 1 : MaxName)];

    private static string? Text(JsonNode? node) => node?.GetValue<string>();
}
