using Platform.Worker;
using Platform.Worker.Notifications;
using Platform.Worker.Webhooks;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddStreams();
builder.AddOutboxRelay();
builder.AddPlatformOutboxRelay();
builder.AddAuditCarrier();
builder.AddConsumer<QueueBookingMails>();
builder.AddMail();
builder.AddConsumer<QueueWebhooks>();
builder.AddWebhooks();
builder.AddTimers();
builder.AddHousekeeping();

var app = builder.Build();

app.MapDefaultEndpoints();

app.Run();
