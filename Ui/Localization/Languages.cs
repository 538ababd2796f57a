using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;
using Microsoft.Net.Http.Headers;

namespace Platform.Ui.Localization;

/// <summary>The languages of the screens, and how one is chosen: link, choice, browser, Portuguese.</summary>
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
    private static ProviderCultureResult? OfBrowser(HttpRequest request)
    {
        var wanted = request.GetTypedHeaders().AcceptLanguage
            .OrderByDescending(language => language, StringWithQualityHeaderValueComparer.QualityComparer)
            .Select(language => language.Value.ToString().Split('-')[0]);

        var match = wanted
            .Select(primary => All.FirstOrDefault(language => language.Tag.Split('-')[0] == primary).Tag)
            .FirstOrDefault(tag => tag is not null);

        return match is null ? null : new ProviderCultureResult(match);
    }
}
