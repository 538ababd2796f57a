var builder = DistributedApplication.CreateBuilder(args);

// ---- servers -----------------------------------------------------------------------------------------------------------

var postgres = builder.AddPostgres("postgres").WithDataVolume("platform-postgres");
var identityDb = postgres.AddDatabase("identitydb");
var platformDb = postgres.AddDatabase("platformdb");
var tenantDb = postgres.AddDatabase("tenantdb");

var redis = builder.AddRedis("redis").WithDataVolume("platform-redis");

// An inbox for every mail that the platform sends: SMTP in, a web page out. Nothing leaves the machine.
var mail = builder.AddExecutable("mail", "node", "mail", "node_modules/maildev/bin/maildev")
    .WithEnvironment("MAILDEV_IP", "127.0.0.1")
    .WithEnvironment("MAILDEV_WEB_IP", "127.0.0.1")
    .WithEndpoint(name: "smtp", scheme: "smtp", env: "MAILDEV_SMTP_PORT")
    .WithHttpEndpoint(port: 5106, name: "http", env: "MAILDEV_WEB_PORT")
    .WithUrlForEndpoint("http", url => url.DisplayText = "Inbox")
    .WithHttpHealthCheck("/healthz")
    .ExcludeFromManifest();
var smtp = mail.GetEndpoint("smtp");

// ---- secrets that the processes share ------------------------------------------------------------------------------------

var hubSecret = Secret("hub-client-secret");
var adminSecret = Secret("admin-client-secret");
var apiSecret = Secret("api-client-secret");
var identitySecret = Secret("identity-client-secret");
var manageLinkKey = Secret("manage-link-key");
var auditKey = Secret("audit-checkpoint-key");

// ---- one-time tasks: they end, and the others wait for that ----------------------------------------------------------------

var identityMigrations = builder.AddProject<Projects.Identity>("identity-migrations", options => options.ExcludeLaunchProfile = true)
    .WithArgs("migrate")
    .WithEnvironment("DOTNET_ENVIRONMENT", builder.Environment.EnvironmentName)
    .WithReference(identityDb).WaitFor(identityDb);

var migrations = builder.AddProject<Projects.Api>("migrations", options => options.ExcludeLaunchProfile = true)
    .WithArgs("migrate")
    .WithEnvironment("DOTNET_ENVIRONMENT", builder.Environment.EnvironmentName)
    .WithReference(platformDb).WaitFor(platformDb)
    .WithReference(tenantDb).WaitFor(tenantDb)
    .WithReference(redis).WaitFor(redis);

// ---- processes -----------------------------------------------------------------------------------------------------------

var identity = builder.AddProject<Projects.Identity>("identity")
    .WithReference(identityDb).WaitForCompletion(identityMigrations)
    .WithEnvironment("Mail__Url", smtp).WaitFor(mail)
    .WithHttpHealthCheck("/health")
    .WithExternalHttpEndpoints();
var issuer = identity.GetEndpoint("http");

var api = builder.AddProject<Projects.Api>("api")
    .WithReference(platformDb).WithReference(tenantDb).WithReference(redis).WithReference(identity)
    .WithEnvironment("Identity__Issuer", issuer)
    .WithEnvironment("Oidc__ClientSecret", apiSecret)
    .WithEnvironment("ManageLinks__Key", manageLinkKey)
    .WithEnvironment("Audit__CheckpointKey", auditKey)
    .WaitForCompletion(migrations).WaitFor(redis)
    .WithHttpHealthCheck("/health")
    .WithReplicas(Replicas("Api"))
    .WithExternalHttpEndpoints();

builder.AddProject<Projects.Worker>("worker")
    .WithReference(platformDb).WithReference(tenantDb).WithReference(redis)
    .WithEnvironment("Mail__Url", smtp)
    .WaitForCompletion(migrations).WaitFor(redis).WaitFor(mail)
    .WithHttpHealthCheck("/health")
    .WithReplicas(Replicas("Worker"));

var admin = builder.AddProject<Projects.Admin_Web>("admin")
    .WithReference(redis).WithReference(api)
    .WithEnvironment("Identity__Issuer", issuer)
    .WithEnvironment("Oidc__ClientId", "admin")
    .WithEnvironment("Oidc__ClientSecret", adminSecret)
    .WaitFor(redis).WaitFor(identity).WaitFor(api)
    .WithHttpHealthCheck("/health")
    .WithExternalHttpEndpoints();

var hub = builder.AddProject<Projects.Hub_Web>("hub")
    .WithReference(redis).WithReference(api)
    .WithEnvironment("Identity__Issuer", issuer)
    .WithEnvironment("Oidc__ClientId", "hub")
    .WithEnvironment("Oidc__ClientSecret", hubSecret)
    .WaitFor(redis).WaitFor(identity).WaitFor(api)
    .WithHttpHealthCheck("/health")
    .WithExternalHttpEndpoints();

// Slots that are published elsewhere lead to the hub's pages.
api.WithEnvironment("BookingPages__Url", hub.GetEndpoint("http"));

// Identity knows its clients and the Api, which in turn need Identity: addresses are filled in when all are known.
identity.WithReference(api)
    .WithEnvironment("Identity__Issuer", issuer)
    .WithEnvironment("Clients__Hub__Url", hub.GetEndpoint("http"))
    .WithEnvironment("Clients__Hub__Secret", hubSecret)
    .WithEnvironment("Clients__Admin__Url", admin.GetEndpoint("http"))
    .WithEnvironment("Clients__Admin__Secret", adminSecret)
    .WithEnvironment("Clients__Api__Secret", apiSecret)
    .WithEnvironment("Clients__Self__Secret", identitySecret);

builder.Build().Run();

// Made at the first run and kept; a deployment sets Parameters:<name>.
IResourceBuilder<ParameterResource> Secret(string name) =>
    builder.AddParameter(name, new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: true);

// `Replicas:Api=2` runs two of it behind one address.
int Replicas(string process) => int.TryParse(builder.Configuration[$"Replicas:{process}"], out var count) ? count : 1;
