using Platform.Api;
using Platform.Api.Access;
using Platform.Api.Audit;
using Platform.Api.Billing;
using Platform.Api.Bookings;
using Platform.Api.Calendars;
using Platform.Api.Catalogue;
using Platform.Api.Changes;
using Platform.Api.Clients;
using Platform.Api.Fhir;
using Platform.Api.Http;
using Platform.Api.Licensing;
using Platform.Api.Messages;
using Platform.Api.Migrations;
using Platform.Api.OpenApi;
using Platform.Api.Operations;
using Platform.Api.People;
using Platform.Api.Public;
using Platform.Api.Reports;
using Platform.Api.Scim;
using Platform.Api.Tenants;
using Platform.Api.Webhooks;
using Platform.Core.Storage;
using Platform.ServiceDefaults.Databases;
using Platform.ServiceDefaults.Http;
using Platform.ServiceDefaults.KeyRing;

var builder = WebApplication.CreateBuilder(args);

if (args is ["migrate", ..])
{
    await DatabaseSetup.RunAsync(
        builder.Configuration, Databases.AppRole, [Databases.Platform, Databases.Tenant], CancellationToken.None);
    return await MigrateCommand.RunAsync(
        new Migrator(builder.OwnerConnectionString(Databases.Platform), builder.OwnerConnectionString(Databases.Tenant)),
        withDemo: builder.Environment.IsDevelopment(),
        Console.Out,
        CancellationToken.None);
}

builder.AddServiceDefaults();
builder.AddStorage();
builder.AddModules();
builder.AddAccounts();
builder.AddAuthentication();
builder.AddHttp();
builder.AddRates();
builder.AddOutboundConnections();
builder.AddTenantSecrets(Databases.Tenant);
builder.AddOpenApi();

var app = builder.Build();

app.UseApiHeaders();
app.Use(HeadRequests.InvokeAsync);
app.UseRouting();
app.Use(FeedAnswers.NoticeWritesAsync);
app.UseProblems();
app.UseAuthentication();
app.UseAuthenticationFirst();
app.Use(RecordRejections.InvokeAsync);
app.UseRateLimiter();
app.UseAuthorization();
app.Use(ReadOnlyStaff.InvokeAsync);
app.UseMiddleware<TenantGate>();
app.Use(PermittedRoutes.CheckAsync);
app.UseMiddleware<PublicGate>();
app.Use(RequestBodies.InvokeAsync);

app.MapDefaultEndpoints();
app.MapOpenApiDocuments();

var areas = new ApiAreas(app);
areas.MapTenantsModule();
areas.MapPeopleModule();
areas.MapLicensingModule();
areas.MapAuditModule();
areas.MapOperationsModule();
areas.MapCatalogueModule();
areas.MapBookingsModule();
areas.MapClientsModule();
areas.MapChangesModule();
areas.MapPublicModule();
areas.MapFhirModule();
areas.Scim.MapScim();
areas.Tenant.MapReports();
areas.Staff.MapStaffBilling(areas.StaffInTransactions);
areas.Tenant.MapTenantBilling();
areas.TenantInTransactions.MapCalendars();
areas.TenantInTransactions.MapFeeds();
areas.TenantInTransactions.MapPersonFeeds();
areas.TenantInTransactions.MapOutsideCalendars();
areas.TenantInTransactions.MapBusyTimes();
areas.Public.MapPublicFeeds();
areas.Staff.MapStaffWebhooks();
areas.TenantInTransactions.MapWebhooks();
areas.TenantInTransactions.MapMessageTemplates();

EndpointsBuiltOnce.Use(app);
await app.RunAsync();
return Environment.ExitCode;
