var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
{
    Args = args,
    ProjectDirectory = Environment.GetEnvironmentVariable("DEMO_CHECKOUT"),
});

var db = builder.AddPostgres("postgres").WithDataVolume().AddDatabase("appdb");
var redis = builder.AddRedis("redis").WithDataVolume();

// Leaves a process of its own behind when it is killed.
builder.AddExecutable("family", "sh", ".", "-c", "sleep 1000 & wait");

builder.AddProject<Projects.Demo_Api>("api")
    .WithReference(db).WaitFor(db)
    .WithReference(redis).WaitFor(redis)
    .WithHttpHealthCheck("/health");

builder.Build().Run();
