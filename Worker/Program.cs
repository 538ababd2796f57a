using Platform.Worker;
using Platform.Worker.Notifications;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddRedisClient("redis", settings => settings.DisableTracing = true); // its spans would belong to no event

builder.AddOutboxRelay();
builder.AddPlatformOutboxRelay();
builder.AddConsumer<QueueBookingMails>();
builder.AddMail();
builder.AddTimers();
builder.AddHousekeeping();

var app = builder.Build();

app.MapDefaultEndpoints();

app.Run();
