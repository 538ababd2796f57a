namespace Platform.Api.Catalogue;

/// <summary>What a tenant offers, and when.</summary>
internal static class CatalogueEndpoints
{
    public static void MapCatalogue(this RouteGroupBuilder tenant)
    {
        tenant.MapCategories();
        tenant.MapResources();
        tenant.MapSchedules();
        tenant.MapOverrides();
        tenant.MapBlackouts();
        tenant.MapServices();
        tenant.MapCustomFields();
        tenant.MapSettings();
        tenant.MapBranding();
        tenant.MapHolidays();
    }
}
