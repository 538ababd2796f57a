using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Npgsql;
using Platform.Contracts.Tenants;
using Platform.Core.Audit;
using Platform.Core.Bookings;
using Platform.Core.Clients;
using Platform.Core.Storage;
using Platform.Core.Tenants;
using Platform.Core.Webhooks;
using Platform.Mail;
using Platform.ServiceDefaults.Databases;
using Platform.ServiceDefaults.Http;
using Platform.ServiceDefaults.KeyRing;
using Platform.Worker.Audit;
using Platform.Worker.Calendars;
using Platform.Worker.Notifications;
using Platform.Worker.Outbox;
using Platform.Worker.Streams;
using Platform.Worker.Tenants;
using Platform.Worker.Timers;
using Platform.Worker.Webhooks;

namespace Platform.Worker;

/// <summary>The parts of this process; each runs without the others.</summary>
internal static class WorkerServices
{
    /// <summary>
    /// The Redis of the streams. Its spans are off, because most of them are polling and belong to no event.
    /// </summary>
    public static IHostApplicationBuilder AddStreams(this IHostApplicationBuilder builder)
    {
        builder.AddRedisClient(
            "redis",
            settings => settings.DisableTracing = true,
            options => options.AllowAdmin = true); // housekeeping reads CONFIG
        return builder;
    }

    /// <summary>From the outbox of <c>tenantdb</c> to the streams.</summary>
    public static IHostApplicationBuilder AddOutboxRelay(this IHostApplicationBuilder builder)
    {
        builder.AddEvents();
        builder.Services.TryAddSingleton<EventPublisher>();
        builder.Services.AddSingleton(
            services => new OutboxOrigin(services.GetRequiredService<EventsDatabase>(), EventStreams.Marker));
        builder.Services.AddHosted<OutboxRelay>();
        return builder;
    }

    /// <summary>From the outbox of <c>platformdb</c> to the same streams: what happens to licenses and seats.</summary>
    public static IHostApplicationBuilder AddPlatformOutboxRelay(this IHostApplicationBuilder builder)
    {
        var connectionString = builder.ConnectionString(Databases.Platform);

        builder.AddEvents();
        builder.Services.TryAddSingleton<EventPublisher>();
        builder.Services.TryAddKeyedSingleton(Databases.Platform, (_, _) => new EventsDatabase(connectionString));
        builder.Services.AddSingleton<IHostedService>(services => ActivatorUtilities.CreateInstance<OutboxRelay>(
            services,
            new OutboxOrigin(
                services.GetRequiredKeyedService<EventsDatabase>(Databases.Platform), EventStreams.PlatformMarker)));
        return builder;
    }

    /// <summary>From the audit outbox of <c>tenantdb</c> to the chains in <c>platformdb</c>.</summary>
    public static IHostApplicationBuilder AddAuditCarrier(this IHostApplicationBuilder builder)
    {
        var connectionString = builder.ConnectionString(Databases.Platform);

        builder.AddEvents();
        builder.Services.TryAddKeyedSingleton(Databases.Platform, (_, _) => new EventsDatabase(connectionString));
        builder.Services.AddSingleton(services => new CarryAudit(
            services.GetRequiredService<EventsDatabase>().Pool,
            new(services.GetRequiredKeyedService<EventsDatabase>(Databases.Platform).Pool)));
        builder.Services.AddHosted<AuditCarrier>();
        return builder;
    }

    /// <summary>From the streams to a handler, which makes this process a member of the handler's group.</summary>
    public static IHostApplicationBuilder AddConsumer<THandler>(this IHostApplicationBuilder builder)
        where THandler : class, IEventHandler
    {
        builder.AddEvents();
        builder.Services.TryAddSingleton<DeadLetters>();
        builder.Services.TryAddScoped<EventTransaction>();
        builder.Services.AddScoped<THandler>();
        builder.Services.AddSingleton<EventBatch<THandler>>();
        builder.Services.AddHosted<StreamConsumer<THandler>>();
        return builder;
    }

    /// <summary>From the notifications table to the mail server.</summary>
    public static IHostApplicationBuilder AddMail(this IHostApplicationBuilder builder)
    {
        builder.AddEvents();
        builder.Services.TryAddSingleton<LocalCache>();
        builder.Services.TryAddSingleton<TenantDirectory>();
        builder.Services.AddSingleton<IValidateOptions<ClientLinkOptions>, ClientLinkOptionsValidator>();
        builder.Services.AddOptions<ClientLinkOptions>().BindConfiguration(ClientLinkOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<ClientLinks>();
        builder.Services.AddSingleton<MessageWriter>().AddScoped<BookingMails>().AddScoped<WaitlistMails>()
            .AddScoped<WebhookNotices>().AddScoped<TestMails>();
        builder.Services.AddMailSender<NotificationMails>(services => new(
            services.GetRequiredService<EventsDatabase>().Pool, "platform.notifications", owner: "tenant_id", key: "event_id"));
        builder.Services.AddOptions<MailOptions>().Validate(options => options.Url is not null, "Set Mail:Url.");
        return builder;
    }

    /// <summary>From the deliveries to the webhooks of tenants.</summary>
    public static IHostApplicationBuilder AddWebhooks(this IHostApplicationBuilder builder)
    {
        builder.AddEvents();
        builder.AddStorage();
        builder.AddOutboundConnections();
        builder.Services.AddSingleton<IValidateOptions<WebhookOptions>, WebhookOptionsValidator>();
        builder.Services.AddOptions<WebhookOptions>().BindConfiguration(WebhookOptions.Section).ValidateOnStart();
        builder.AddTenantSecrets(Databases.Tenant);
        builder.Services.AddSingleton<WebhookTasks>().AddSingleton<WebhookClient>();
        builder.Services.AddHosted<WebhookSender>();
        return builder;
    }

    /// <summary>From outside calendars to busy times of resources, and from bookings to outside calendars.</summary>
    public static IHostApplicationBuilder AddCalendars(this IHostApplicationBuilder builder)
    {
        builder.AddEvents();
        builder.AddStorage();
        builder.AddOutboundConnections();
        builder.AddTenantSecrets(Databases.Tenant);
        builder.Services.TryAddSingleton<LocalCache>();
        builder.Services.TryAddSingleton<TenantDirectory>();
        builder.Services.AddSingleton<IValidateOptions<CalendarOptions>, CalendarOptionsValidator>();
        builder.Services.AddOptions<CalendarOptions>().BindConfiguration(CalendarOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<CalendarHttp>().AddSingleton<IcsCalendar>().AddSingleton<CalDavCalendar>().AddSingleton<CalendarWrites>()
            .AddScoped<PollCalendar>().AddScoped<WriteBooking>();
        builder.Services.AddHosted<CalendarPoller>();
        builder.Services.AddHosted<BookingWriter>();
        return builder;
    }

    public static IHostApplicationBuilder AddHousekeeping(this IHostApplicationBuilder builder)
    {
        builder.AddEvents();
        builder.Services.AddHosted<StreamHousekeeping>();
        builder.Services.AddSingleton<IHostedService>(services => ActivatorUtilities.CreateInstance<EventGauges>(
            services,
            (IEnumerable<EventsDatabase>)
            [
                services.GetRequiredService<EventsDatabase>(),
                .. services.GetKeyedServices<EventsDatabase>(Databases.Platform),
            ]));
        return builder;
    }

    /// <summary>What happens to bookings at a time, without anybody asking.</summary>
    public static IHostApplicationBuilder AddTimers(this IHostApplicationBuilder builder)
    {
        builder.AddEvents();
        builder.AddStorage();
        builder.Services.TryAddSingleton<LocalCache>();
        builder.Services.TryAddSingleton<TenantDirectory>();
        builder.Services
            .AddBookings()
            .AddClients()
            .AddScoped<BookingReminders>()
            .AddScoped<PlanTimers>()
            .AddScoped<BookingTimers>();
        builder.Services.AddHosted<DueJobs>();
        return builder;
    }

    /// <summary>Schemas of tenants, as their owner.</summary>
    public static IHostApplicationBuilder AddTenantTasks(this IHostApplicationBuilder builder)
    {
        var owner = builder.ConnectionString(DatabaseSetup.OwnerOf(Databases.Tenant));
        builder.AddEvents();
        builder.AddStorage();
        builder.AddTenantSecrets(Databases.Tenant);
        builder.Services.AddSingleton(new TenantSchemas(owner))
            .AddKeyedScoped<ITenantWork, BuildTenant>(TenantTaskKinds.Build)
            .AddKeyedScoped<ITenantWork, ImportTenant>(TenantTaskKinds.Import)
            .AddKeyedScoped<ITenantWork, DropTenant>(TenantTaskKinds.Drop);
        builder.Services.AddHosted<TenantTaskRunner>();
        return builder;
    }

    private static void AddStorage(this IHostApplicationBuilder builder)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(PlatformDb))) return;

        builder.Services.AddStorage(
            builder.ConnectionString(Databases.Platform), builder.ConnectionString(Databases.Tenant));
    }

    private static string ConnectionString(this IHostApplicationBuilder builder, string name) =>
        builder.Configuration.GetConnectionString(name)
        ?? throw new InvalidOperationException($"Set ConnectionStrings:{name}.");

    private static void AddEvents(this IHostApplicationBuilder builder)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(EventsDatabase))) return;

        var connectionString = builder.ConnectionString(Databases.Tenant);

        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(_ => new EventsDatabase(connectionString));
        builder.Services.TryAddKeyedSingleton(
            Databases.Platform,
            (_, _) => NpgsqlDataSource.Create(Databases.ForProcess(builder.ConnectionString(Databases.Platform))));
        builder.Services.AddSingleton<TenantAdmins>();
        builder.Services.AddSingleton<EventStreams>();
        builder.Services.AddSingleton<IValidateOptions<EventsOptions>, EventsOptionsValidator>();
        builder.Services.AddOptions<EventsOptions>().BindConfiguration(EventsOptions.Section).ValidateOnStart();
        builder.AddDatabaseWatch(Databases.Tenant);
    }

    /// <summary>A hosted service that can also be asked for by its type.</summary>
    private static void AddHosted<T>(this IServiceCollection services) where T : class, IHostedService =>
        services.AddSingleton<T>().AddHostedService(provider => provider.GetRequiredService<T>());
}
