using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Core;
using Platform.Core.Clients;
using Platform.Core.Tenants;

namespace Platform.Api.Tenants;

/// <summary>Whom the platform talks to at a tenant. They need no account.</summary>
internal static class ContactEndpoints
{
    private static readonly RecordKind<TenantContact, ContactResponse> Kind = new(
        "tenant_contact", "tenant_contacts", "contacts", ToResponse, c => new { c.Type, Primary = c.IsPrimary });

    public static void MapContacts(this RouteGroupBuilder tenants)
    {
        var contacts = tenants.MapGroup("/{id:long}/contacts");
        contacts.MapGet("/", List);
        contacts.MapGet("/{contactId:long}", Get);
        contacts.MapPost("/", Create).CreatesRow(Codes.ContactCreated, "The tenant has the contact.");
        contacts.MapPatch("/{contactId:long}", Change).ChangesRow();
        contacts.MapDelete("/{contactId:long}", Delete).ChangesRow();
    }

    private static Task<Results<Ok<Page<ContactResponse>>, ProblemHttpResult>> List(
        long id, [AsParameters] TenantRecords records, [AsParameters] PageQuery page, CancellationToken ct) =>
        records.ListAsync(Kind, id, page, ct);

    private static Task<Results<Ok<ContactResponse>, ProblemHttpResult>> Get(
        long id, long contactId, [AsParameters] TenantRecords records, CancellationToken ct) =>
        records.GetAsync(Kind, id, contactId, ct);

    private static async Task<Results<Created<ContactResponse>, ProblemHttpResult>> Create(
        long id, CreateContactRequest request, TenantDirectory tenants, [AsParameters] TenantRecords records,
        CancellationToken ct)
    {
        var country = await CountryAsync(tenants, id, ct);
        if (!ClientRules.Phone(request.Phone, country).TryGet(out var phone, out var invalid)) return invalid.ToProblem();

        var contact = new TenantContact
        {
            TenantId = id,
            Type = request.Type,
            Department = request.Department,
            Name = request.Name,
            Email = request.Email,
            Phone = phone,
            IsPrimary = request.Primary,
        };
        return await records.CreateAsync(Kind, id, contact, ct);
    }

    private static async Task<Results<Ok<ContactResponse>, ProblemHttpResult>> Change(
        long id, long contactId, ChangeContactRequest request, TenantDirectory tenants,
        [AsParameters] TenantRecords records, CancellationToken ct)
    {
        var country = await CountryAsync(tenants, id, ct);
        return await records.ChangeAsync(
            Kind, id, contactId, request.Primary, contact => Apply(request, contact, country), ct);
    }

    private static Task<Results<NoContent, ProblemHttpResult>> Delete(
        long id, long contactId, [AsParameters] TenantRecords records, CancellationToken ct) =>
        records.DeleteAsync(Kind, id, contactId, ct);

    private static async ValueTask<string?> CountryAsync(TenantDirectory tenants, long id, CancellationToken ct) =>
        await tenants.FindAsync(id, ct) is { } tenant ? TenantCountries.Of(tenant.TimeZone, tenant.Locale) : null;

    private static Rejection? Apply(ChangeContactRequest request, TenantContact contact, string? country)
    {
        if (!ClientRules.Phone(request.Phone.Or(contact.Phone), country).TryGet(out var phone, out var invalid)) return invalid;

        contact.Type = request.Type.Or(contact.Type);
        contact.Department = request.Department.Or(contact.Department);
        contact.Name = request.Name.Or(contact.Name);
        contact.Email = request.Email.Or(contact.Email);
        contact.Phone = phone;
        return null;
    }

    private static ContactResponse ToResponse(TenantContact c) => new(
        c.Id, c.TenantId, c.Type, c.Department, c.Name, c.Email, c.Phone, c.IsPrimary, c.Version)
    {
        Stamps = c.ToStamps(),
    };
}
