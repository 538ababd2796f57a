using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;
using Microsoft.Net.Http.Headers;

namespace Platform.Ui.Localization;

/// <summary>
/// The languages of the screens, and how one is chosen: link, choice, browser, what an app adds, Portuguese.
/// </summary>
public static class Languages
{
    public const string Default = "pt-BR";
    public const string CookieName = "lang";

    /// <summary>BCP 47 tag and the language's own name.</summary>
    public static readonly IReadOnlyList<(string Tag, string Name, string Short)> All =
        [("pt-BR", "Português", "PT"), ("en", "English", "EN")];

    internal static void Configure(RequestLocalizationOptions options)
    {
        string[] tags = [.. All.Select(language => language.Tag)];
        options.SetDefaultCulture(Default).AddSupportedCultures(tags).AddSupportedUICultures(tags);
        options.ApplyCurrentCultureToResponseHeaders = true;
        options.RequestCultureProviders =
        [
            // links in mails
            new QueryStringRequestCultureProvider { QueryStringKey = "lang", UIQueryStringKey = "lang" },
            new CookieRequestCultureProvider { CookieName = CookieName },
            new CustomRequestCultureProvider(context => Task.FromResult(OfBrowser(context.Request))),
        ];
    }

    /// <summary>
    /// Any Portuguese reads ours, any English too; the framework's provider requires the exact region.
    /// </summary>
    /// <param name="tags">BCP 47, the best first.</param>
    /// <returns>Null if no screen has any of them.</returns>
    public static ProviderCultureResult? FirstOf(IEnumerable<string> tags)
    {
        var match = tags.Select(tag => All.FirstOrDefault(language => Primary(language.Tag) == Primary(tag)).Tag)
            .FirstOrDefault(tag => tag is not null);
        return match is null ? null : new ProviderCultureResult(match);

        static string Primary(string tag) => tag.Split('-')[0];
    }

    private static ProviderCultureResult? OfBrowser(HttpRequest request) => FirstOf(
        request.GetTypedHeaders().AcceptLanguage
            .OrderByDescending(language => language, StringWithQualityHeaderValueComparer.QualityComparer)
            .Select(language => language.Value.ToString()));
}
