using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Contracts;
using Platform.Contracts.Bookings;
using Platform.Core.Analytics;
using Platform.Core.Storage;

namespace Platform.Tests.Support;

/// <summary>A tenant for one test, with one signed-in member.</summary>
public sealed class TestTenant(long id, PlatformFixture platform)
{
    private static readonly string[] AllScopes = [Scopes.Scheduling, Scopes.Licensing];

    public PlatformFixture Platform => platform;

    public long Id => id;
    public string Slug => $"t-{id}";
    public string Schema => TenantContext.SchemaOf(id);

    /// <summary>Its only member: an admin. Unlike the tenant's number, so that they cannot be mistaken.</summary>
    public long UserId => id + 100_000;

    // Ids differ from tenant to tenant, so that those of one mean nothing to another.
    public long ServiceId => id * 10 + 1;
    public long DoctorId => id * 10 + 2;
    public long CategoryId => id * 10 + 3;

    /// <summary>A role of the tenant that no member has: <c>helper</c>.</summary>
    public long RoleId => id * 10 + 4;

    /// <summary>A service account of the tenant, without roles, and a key of it that no test uses.</summary>
    public long ServiceAccountId => id * 10 + 5;
    public long ApiKeyId => id * 10 + 6;

    /// <summary>An invitation of the tenant, to an address without an account.</summary>
    public long InvitationId => id * 10 + 7;

    /// <summary>A webhook of the tenant, with a URL that no server has, and its pending deliveries.</summary>
    public long WebhookId => id * 10 + 8;

    /// <summary>An outside calendar of the doctor, which nobody polls.</summary>
    public long CalendarId => id * 10 + 9;

    /// <summary>Its member's client, with header and token.</summary>
    public HttpClient Client { get; private set; } = null!;

    public string Token => TestTokens.For(UserId, id, false, AllScopes);

    public async Task CreateAsync(string timeZone)
    {
        await CreateCustomerAsync(timeZone, "provisioning");
        await platform.Databases.Migrator.Tenants.MigrateAsync(id, TestContext.Current.CancellationToken);
        await ExecuteAsync($"""
            insert into categories (id, name) values ({CategoryId}, 'Doctors');
            insert into resources (id, category_id, name) values ({DoctorId}, {CategoryId}, 'Dr Who');
            insert into schedules (id, resource_id) values ({id}, {DoctorId});
            insert into schedule_rules (schedule_id, day, start_minute, end_minute)
            select {id}, day, 9 * 60, 17 * 60 from generate_series(1, 5) as day;
            insert into services (id, name, durations_minutes, slot_interval_minutes, booking_window_days, public)
            values ({ServiceId}, 'Visit', '{"{60}"}', 60, 60, true);
            insert into service_resources (service_id, resource_id) values ({ServiceId}, {DoctorId});
            insert into platform.webhook_endpoints (id, tenant_id, url, secret)
            values ({WebhookId}, {id}, 'https://hooks.invalid/', 'whsec_AAAA');
            insert into platform.webhook_deliveries
                (id, tenant_id, endpoint_id, event_id, event_type, aggregate_type, aggregate_id, occurred_at, data)
            values ({WebhookId}, {id}, {WebhookId}, gen_random_uuid(), 'webhook.test', 'test', 1, now(), '{"{}"}');
            insert into outside_calendars (id, resource_id, kind, name, shown_url, secret)
            values ({CalendarId}, {DoctorId}, 'ics', 'Unread', 'https://calendars.invalid/…', '');
            """);

        await platform.ExecutePlatformAsync($"update tenants set status = 'active' where id = {id}");
    }

    /// <summary>Without a schema of its own: all that there is of it is in platformdb.</summary>
    public async Task CreateCustomerAsync(string timeZone, string status = "active")
    {
        await platform.ExecutePlatformAsync($"""
            insert into tenants (id, slug, name, time_zone, locale, currency, status, cell_id_fk)
            values ({id}, '{Slug}', 'Tenant {id}', '{timeZone}', 'en', 'EUR', '{status}', 1);
            insert into users (id, name, email, locale) values ({UserId}, 'Uma', 'uma@{Slug}.example', 'en');
            insert into memberships (id, tenant_id_fk, user_id_fk, user_type_id_fk) values ({UserId}, {id}, {UserId}, 3);
            insert into membership_roles (membership_id_fk, role_id_fk, tenant_id_fk) values ({UserId}, 2, {id});
            insert into roles (id, tenant_id_fk, slug, name) values ({RoleId}, {id}, 'helper', 'Helper');
            insert into invitations (id, tenant_id_fk, email, name, locale, user_type_id_fk, expires_at)
            values ({InvitationId}, {id}, 'ivy@{Slug}.example', 'Ivy', 'en', 1, '2026-03-05T09:00:00Z');
            insert into service_accounts (id, tenant_id_fk, name) values ({ServiceAccountId}, {id}, 'Robot');
            insert into api_keys (id, tenant_id_fk, service_account_id_fk, hash, prefix, scopes)
            values ({ApiKeyId}, {id}, {ServiceAccountId}, sha256('{id}'), 'plk_{id}_00000000', '{"{licensing}"}');
            """);

        Client = platform.Client(Token);
        Client.DefaultRequestHeaders.Add(Headers.TenantId, id.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Rows of its own, as the superuser.</summary>
    public Task ExecuteAsync(string sql) => platform.ExecuteTenantAsync($"set search_path to {Schema}; {sql}");

    /// <summary>One value of its own, as the superuser.</summary>
    public Task<object?> ValueAsync(string sql) =>
        OwnerSql.ScalarAsync(platform.Databases.TenantDb, $"set search_path to {Schema}; {sql}");

    /// <summary>
    /// Brings the read model of bookings up to date, which the Worker does of their events; also with rows that a test
    /// wrote.
    /// </summary>
    public async Task CollectFactsAsync()
    {
        await ExecuteAsync($"delete from platform.booking_facts where tenant_id = {id} and booking_id in (select id from bookings)");
        await using var connection = new NpgsqlConnection(platform.Databases.TenantDb);
        await connection.OpenAsync();
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { BookingFacts.AddWithoutEvents(id) } };
        await batch.ExecuteNonQueryAsync();
    }

    /// <summary>The highest id in one of its tables, as the superuser. People are not in its own.</summary>
    public async Task<long> HighestIdAsync(string table)
    {
        if (table == "users") return UserId;
        if (table is "roles" or "groups") return RoleId;
        if (table == "invitations") return InvitationId;
        if (table == "service_accounts") return ServiceAccountId;
        if (table == "keys") return ApiKeyId;
        if (table is "webhooks" or "deliveries") return WebhookId;
        if (table == "calendars") return CalendarId;

        return (long)(await ValueAsync($"select max(id) from {table}"))!;
    }

    /// <summary>Noon of the fixture's Monday, for a new client each time.</summary>
    public CreateBookingRequest AtNoon(string? email = "ada@example.com") => new(
        ServiceId, PlatformFixture.Monday9am.AddHours(3), Client: new("Ada", email));

    public Task<HttpResponseMessage> BookAsync(CreateBookingRequest request, string? key = null)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, "/api/v1/bookings")
        {
            Content = JsonContent.Create(request, options: PlatformJson.Options),
        };
        if (key is not null) message.Headers.Add(Headers.IdempotencyKey, key);
        return Client.SendAsync(message);
    }

    public async Task<BookingResponse> BookedAsync(CreateBookingRequest request)
    {
        using var response = await BookAsync(request);
        Assert.Equal(201, (int)response.StatusCode);
        return await response.DataAsync<BookingResponse>();
    }

    /// <summary>Looks at the database the way the product does: as this tenant, inside a transaction.</summary>
    public Task<T> QueryAsync<T>(Func<TenantDb, Task<T>> query) => QueryWithoutTransactionAsync(async db =>
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        var result = await query(db);
        await transaction.CommitAsync();
        return result;
    });

    public async Task<T> QueryWithoutTransactionAsync<T>(Func<TenantDb, Task<T>> query)
    {
        await using var scope = platform.Api.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantContext>().Id = id;
        return await query(scope.ServiceProvider.GetRequiredService<TenantDb>());
    }
}

public static class Answers
{
    extension(HttpResponseMessage response)
    {
        public async Task<T> DataAsync<T>()
        {
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
            return (await response.Content.ReadFromJsonAsync<Envelope<T>>(PlatformJson.Options))!.Data;
        }

        /// <summary>Status and code of a failure, which must be a problem document with a trace id.</summary>
        public async Task<(int Status, string? Code)> ProblemAsync()
        {
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
            Assert.Equal((int)response.StatusCode, problem.GetProperty("status").GetInt32());
            if ((int)response.StatusCode >= 500) StatementLog.ShowErrors();
            Assert.Matches("^[0-9a-f]{32}$", problem.GetProperty("traceId").GetString()!);
            return ((int)response.StatusCode, problem.GetProperty("code").GetString());
        }
    }
}
