using Platform.Core.Storage;
using Platform.Worker;
using Platform.Worker.Analytics;
using Platform.Worker.Billing;
using Platform.Worker.Calendars;
using Platform.Worker.Notifications;
using Platform.Worker.Webhooks;

var builder = WebApplication.CreateBuilder(args);

if (args is ["analytics", "rebuild"])
{
    return await RebuildCommand.RunAsync(
        builder.Configuration.GetConnectionString(Databases.Tenant)
            ?? throw new InvalidOperationException($"Set ConnectionStrings:{Databases.Tenant}."),
        Console.Out,
        CancellationToken.None);
}

builder.AddServiceDefaults();
builder.AddStreams();
builder.AddOutboxRelay();
builder.AddPlatformOutboxRelay();
builder.AddAuditCarrier();
builder.AddConsumer<QueueBookingMails>();
builder.AddMail();
builder.AddConsumer<QueueWebhooks>();
builder.AddWebhooks();
builder.AddConsumer<CollectBookingFacts>();
builder.AddConsumer<QueueCalendarWrites>();
builder.AddCalendars();
builder.AddConsumer<CollectUsage>();
builder.AddTimers();
builder.AddTenantTasks();
builder.AddHousekeeping();

var app = builder.Build();

app.MapDefaultEndpoints();

app.Run();
return Environment.ExitCode;
