using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Contracts.Catalogue;

namespace Platform.Hub.Web.Public;

/// <summary>What search engines read of a page (schema.org, JSON-LD): only what the page itself says.</summary>
public static class StructuredData
{
    public static string Of(PublicSite site, string url, IReadOnlyList<ServiceResponse> services)
    {
        var organisation = new JsonObject
        {
            ["@context"] = "https://schema.org",
            ["@type"] = "Organization",
            ["name"] = site.Tenant.Name,
            ["legalName"] = site.Page.LegalName,
            ["url"] = url,
            ["logo"] = site.Branding.LogoUrl,
            ["email"] = site.Page.ContactEmail,
            ["telephone"] = site.Page.ContactPhone,
            ["address"] = site.Page.Place,
            ["makesOffer"] = services.Count > 0
                ? new JsonArray([.. services.Select(service => OfferOf(service, url))])
                : null,
        };
        foreach (var empty in organisation.Where(member => member.Value is null).Select(member => member.Key).ToList())
        {
            organisation.Remove(empty);
        }

        return organisation.ToJsonString(JsonSerializerOptions.Default); // escapes what could end the element
    }

    private static JsonObject OfferOf(ServiceResponse service, string url)
    {
        var offer = new JsonObject
        {
            ["@type"] = "Offer",
            ["url"] = $"{url.TrimEnd('/')}/{ServiceKeys.Of(service)}",
            ["itemOffered"] = new JsonObject
            {
                ["@type"] = "Service",
                ["name"] = service.Name,
                ["description"] = service.Description,
            },
        };
        if (service.Price is { } price) (offer["price"], offer["priceCurrency"]) = (price.Amount, price.Currency);
        return offer;
    }
}
