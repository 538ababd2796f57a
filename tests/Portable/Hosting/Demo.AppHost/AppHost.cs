var builder = DistributedApplication.CreateBuilder(args);

var pgPassword = builder.AddParameter("pg-password", secret: true);
var licenseKey = builder.AddParameter("license-key", "dev-only", secret: true);
var postgres = builder.AddPostgres("postgres", password: pgPassword)
    .WithImageTag("17")
    .WithDataVolume("demo-pg")
    .WithLifetime(ContainerLifetime.Persistent)
    .WithPgAdmin()
    .WithPgWeb();
var db = postgres.AddDatabase("appdb");
var redis = builder.AddRedis("cache").WithDataVolume().WithPersistence(TimeSpan.FromSeconds(30), 10).WithRedisInsight();
var smtp = builder.AddConnectionString("smtp");

var migrate = builder.AddProject<Projects.Demo_Worker>("migrate")
    .WithArgs("--migrate")
    .WithReference(db).WaitFor(db);

var api = builder.AddProject<Projects.Demo_Api>("api")
    .WithReference(db).WithReference(redis).WithReference(smtp)
    .WaitFor(db).WaitFor(redis)
    .WaitForCompletion(migrate)
    .WithHttpHealthCheck("/health")
    .WithReplicas(2)
    .WithEnvironment("License__Key", licenseKey)
    .WithEnvironment(context =>
    {
        if (context.ExecutionContext.IsRunMode) context.EnvironmentVariables["DEMO_MODE"] = "run";
    })
    .WithUrlForEndpoint("http", u => u.DisplayText = "API")
    .WithHttpCommand("/admin/reset", "Reset data", commandOptions: new() { IconName = "ArrowReset" })
    .WithCommand("ping", "Ping", c => Task.FromResult(CommandResults.Success()))
    .WithExternalHttpEndpoints();

var apiHttp = api.GetEndpoint("http");
builder.AddProject<Projects.Demo_Worker>("worker")
    .WithReference(redis).WithReference(api).WaitFor(api)
    .WithEnvironment("Api__Url", apiHttp)
    .WithEnvironment("Api__Health", ReferenceExpression.Create($"{apiHttp}/health"));

builder.AddExecutable("tool", "node", "../tool", "index.js")
    .WithHttpEndpoint(env: "PORT", name: "http").WithExplicitStart().ExcludeFromManifest();
api.WithParentRelationship(postgres);

builder.Build().Run();
