namespace Platform.Api.Catalogue;

internal static class CatalogueModule
{
    public static void MapCatalogueModule(this ApiAreas areas)
    {
        areas.Tenant.MapOpenings();
        areas.TenantInTransactions.MapCatalogue();
    }
}
