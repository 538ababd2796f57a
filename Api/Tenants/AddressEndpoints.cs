using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Core;
using Platform.Core.Tenants;

namespace Platform.Api.Tenants;

/// <summary>Where a tenant is, where its bills go, and its parcels.</summary>
internal static class AddressEndpoints
{
    private static readonly RecordKind<TenantAddress, AddressResponse> Kind = new(
        "tenant_address", "tenant_addresses", "addresses", ToResponse,
        a => new { a.Type, a.Country, Primary = a.IsPrimary });

    public static void MapAddresses(this RouteGroupBuilder tenants)
    {
        var addresses = tenants.MapGroup("/{id:long}/addresses");
        addresses.MapGet("/", List);
        addresses.MapGet("/{addressId:long}", Get);
        addresses.MapPost("/", Create).CreatesRow(Codes.AddressCreated, "The tenant has the address.");
        addresses.MapPatch("/{addressId:long}", Change).ChangesRow();
        addresses.MapDelete("/{addressId:long}", Delete).ChangesRow();
    }

    private static Task<Results<Ok<Page<AddressResponse>>, ProblemHttpResult>> List(
        long id, [AsParameters] TenantRecords records, [AsParameters] PageQuery page, CancellationToken ct) =>
        records.ListAsync(Kind, id, page, ct);

    private static Task<Results<Ok<AddressResponse>, ProblemHttpResult>> Get(
        long id, long addressId, [AsParameters] TenantRecords records, CancellationToken ct) =>
        records.GetAsync(Kind, id, addressId, ct);

    private static async Task<Results<Created<AddressResponse>, ProblemHttpResult>> Create(
        long id, CreateAddressRequest request, [AsParameters] TenantRecords records, CancellationToken ct)
    {
        if (!CountryRules.Read(request.Country).TryGet(out var country, out var unknown)) return unknown.ToProblem();

        var address = new TenantAddress
        {
            TenantId = id,
            Type = request.Type,
            Line1 = request.Line1,
            Line2 = request.Line2,
            City = request.City,
            Region = request.Region,
            PostalCode = request.PostalCode,
            Country = country,
            IsPrimary = request.Primary,
        };
        return await records.CreateAsync(Kind, id, address, ct);
    }

    private static Task<Results<Ok<AddressResponse>, ProblemHttpResult>> Change(
        long id, long addressId, ChangeAddressRequest request, [AsParameters] TenantRecords records,
        CancellationToken ct) =>
        records.ChangeAsync(Kind, id, addressId, request.Primary, address => Apply(request, address), ct);

    private static Task<Results<NoContent, ProblemHttpResult>> Delete(
        long id, long addressId, [AsParameters] TenantRecords records, CancellationToken ct) =>
        records.DeleteAsync(Kind, id, addressId, ct);

    private static Rejection? Apply(ChangeAddressRequest request, TenantAddress address)
    {
        if (!CountryRules.Read(request.Country.Or(address.Country)).TryGet(out var country, out var unknown)) return unknown;

        address.Type = request.Type.Or(address.Type);
        address.Line1 = request.Line1.Or(address.Line1);
        address.Line2 = request.Line2.Or(address.Line2);
        address.City = request.City.Or(address.City);
        address.Region = request.Region.Or(address.Region);
        address.PostalCode = request.PostalCode.Or(address.PostalCode);
        address.Country = country;
        return null;
    }

    private static AddressResponse ToResponse(TenantAddress a) => new(
        a.Id, a.TenantId, a.Type, a.Line1, a.Line2, a.City, a.Region, a.PostalCode, a.Country, a.IsPrimary, a.Version)
    {
        Stamps = a.ToStamps(),
    };
}
