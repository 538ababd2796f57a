using Microsoft.AspNetCore.Http.Extensions;

namespace Platform.Hub.Web.Forms;

/// <summary>A form that arrived and was not handled, so that it can be sent again.</summary>
/// <param name="Url">Where it goes.</param>
/// <param name="PageUrl">The page that it is on.</param>
/// <param name="Fields">What was typed; null if it cannot be sent again, because it has files.</param>
public sealed record SentForm(string Url, string PageUrl, IReadOnlyList<KeyValuePair<string, string>>? Fields)
{
    private const string Forgery = "__RequestVerificationToken";

    public static string PageOf(HttpRequest request) =>
        $"{request.PathBase}{request.Path}{new QueryBuilder(request.Query.Where(pair => pair.Key != "handler"))}";

    /// <summary>Null for a request without a form.</summary>
    public static async Task<SentForm?> ReadAsync(HttpRequest request)
    {
        if (!request.HasFormContentType) return null;

        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        return new(
            $"{request.PathBase}{request.Path}{request.QueryString}",
            PageOf(request),
            form.Files.Count > 0 ? null :
            [
                .. from field in form
                   where field.Key != Forgery
                   from value in field.Value
                   select KeyValuePair.Create(field.Key, value),
            ]);
    }
}
