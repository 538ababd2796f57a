using Microsoft.EntityFrameworkCore;
using Platform.Contracts.Tenants;
using Platform.Core.Storage;

namespace Platform.Api.Migrations;

/// <summary>What the demo tenants offer. In Development only.</summary>
internal static class DemoTenantData
{
    public static async Task SeedAsync(Migrator migrator, CancellationToken ct)
    {
        await SeedAsync(migrator, DemoTenants.Clinic, Clinic, ct);
        await SeedAsync(migrator, DemoTenants.Coworking, Coworking, ct);
    }

    private static async Task SeedAsync(Migrator migrator, DemoTenant tenant, string rows, CancellationToken ct)
    {
        await using var db = migrator.Tenants.Open(tenant.Id);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlRawAsync(rows, ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>
    /// Doctors see patients for half an hour and then write for ten minutes; an exam also needs the exam room.
    /// </summary>
    private const string Clinic = """
        insert into categories (id, name) values (1, 'Médicos'), (2, 'Salas') on conflict do nothing;

        insert into resources (id, category_id, name) values
            (1, 1, 'Dra. Helena Prado'), (2, 1, 'Dr. Rafael Nogueira'), (3, 2, 'Sala de exames')
        on conflict do nothing;

        insert into schedules (id, resource_id) values (1, 1), (2, 2), (3, 3) on conflict do nothing;

        insert into schedule_rules (id, schedule_id, day, start_minute, end_minute)
        select schedule * 100 + part * 10 + day, schedule, day, start_minute, end_minute
        from (values
            (1, 1, 9 * 60, 12 * 60), (1, 2, 13 * 60, 18 * 60),
            (2, 1, 8 * 60, 14 * 60),
            (3, 1, 8 * 60, 18 * 60)
        ) as hours (schedule, part, start_minute, end_minute), generate_series(1, 5) as day
        union all
        select 190 + resource, resource, 6, 9 * 60, 13 * 60 from (values (1), (3)) as saturdays (resource)
        on conflict do nothing;

        insert into services (id, name, description, durations_minutes, after_buffer_minutes, slot_interval_minutes,
            minimum_notice_minutes, booking_window_days, price, currency, public)
        values
            (1, 'Consulta', 'Consulta de 30 minutos', array[30], 10, 20, 60, 60, 250, 'BRL', true),
            (2, 'Exame', 'Exame de 60 minutos na sala de exames', array[60], 0, 30, 240, 60, 420, 'BRL', true)
        on conflict do nothing;

        insert into service_resources (service_id, resource_id, requirement) values
            (1, 1, 1), (1, 2, 1), (2, 1, 1), (2, 2, 1), (2, 3, 2)
        on conflict do nothing;

        insert into service_requirements (service_id, requirement, assignment) values (1, 1, 'client') on conflict do nothing;
        """;

    /// <summary>Meeting rooms by the hour, every day of the week, and desks of which there are eight.</summary>
    private const string Coworking = """
        insert into categories (id, name) values (1, 'Salas de reunião'), (2, 'Mesas') on conflict do nothing;

        insert into resources (id, category_id, name, capacity) values
            (1, 1, 'Sala Douro', 1), (2, 1, 'Sala Tejo', 1), (3, 2, 'Mesas partilhadas', 8)
        on conflict do nothing;

        insert into schedules (id, resource_id) values (1, 1), (2, 2), (3, 3) on conflict do nothing;

        insert into schedule_rules (id, schedule_id, day, start_minute, end_minute)
        select schedule * 100 + day, schedule, day, 8 * 60, 20 * 60
        from generate_series(1, 3) as schedule, generate_series(1, 7) as day
        on conflict do nothing;

        insert into services (id, name, description, durations_minutes, slot_interval_minutes,
            minimum_notice_minutes, booking_window_days, price, currency, public)
        values
            (1, 'Sala de reunião', 'Por hora, para até oito pessoas', array[60, 120], 60, 0, 90, 15, 'EUR', true),
            (2, 'Mesa', 'Meio dia numa mesa partilhada', array[240], 60, 0, 90, 9, 'EUR', true)
        on conflict do nothing;

        insert into service_resources (service_id, resource_id) values (1, 1), (1, 2), (2, 3) on conflict do nothing;
        """;
}
