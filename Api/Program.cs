using Platform.Api;
using Platform.Api.Access;
using Platform.Api.ApiKeys;
using Platform.Api.Audit;
using Platform.Api.Billing;
using Platform.Api.Bookings;
using Platform.Api.Calendars;
using Platform.Api.Catalogue;
using Platform.Api.Changes;
using Platform.Api.Clients;
using Platform.Api.Events;
using Platform.Api.Fhir;
using Platform.Api.Http;
using Platform.Api.Licensing;
using Platform.Api.Messages;
using Platform.Api.Metrics;
using Platform.Api.Migrations;
using Platform.Api.OpenApi;
using Platform.Api.People;
using Platform.Api.Public;
using Platform.Api.Reports;
using Platform.Api.Scim;
using Platform.Api.Systems;
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
app.Use(RecordRefusals.InvokeAsync);
app.UseRateLimiter();
app.UseAuthorization();
app.Use(ReadOnlyStaff.InvokeAsync);
app.UseMiddleware<TenantGate>();
app.Use(PermittedRoutes.CheckAsync);
app.UseMiddleware<PublicGate>();
app.Use(RequestBodies.InvokeAsync);

app.MapDefaultEndpoints();
app.MapOpenApiDocuments();

var services = app.MapServiceArea();
services.MapPersonContext();
services.MapProfile();
services.MapJoin();
services.MapInvitationAcceptance();
services.MapBrand();
services.MapSignUpConfirmation();

var staff = app.MapStaffArea();
staff.MapTenants();
staff.MapApplications();
staff.MapLicenses();
staff.MapLicenseList();
staff.MapSeats();
staff.MapUserTypes();
staff.MapStaffRoles();
staff.MapEvents();
staff.MapSystem();

var directStaff = app.MapDirectStaffArea();
directStaff.MapProvisioning();
directStaff.MapTransfer();
directStaff.MapStaffGrants();
directStaff.MapGrantList();
directStaff.MapSeatReport();
directStaff.MapStaffEntitlements();
directStaff.MapMetrics();
directStaff.MapMails();
directStaff.MapStaffWebhooks();
directStaff.MapStaffAudit();
directStaff.MapStaffBilling(staff);
staff.MapStaffUsers(directStaff);
staff.MapAccountSecurity();

app.MapProductArea().MapProducts();

var direct = app.MapTenantArea();
var tenant = direct.InTransactions();
direct.MapPing();
direct.MapMe();
direct.MapSlots();
direct.MapReports();
direct.MapOpenings();
direct.MapChangeStream();
direct.MapGrants();
direct.MapTenantSeatReport();
direct.MapEntitlements();
direct.MapTenantAudit();
direct.MapTenantBilling();
direct.MapAccessChecks();
direct.MapUsers();
direct.MapInvitations();
direct.MapIdentityProvider();
direct.MapRoles();
direct.MapGroups();
direct.MapServiceAccounts();
tenant.MapCatalogue();
tenant.MapBookings(direct);
direct.MapImport();
tenant.MapHolds(direct);
tenant.MapSeries();
tenant.MapWaitlist();
tenant.MapClients();
tenant.MapChanges();
tenant.MapCalendars();
tenant.MapFeeds();
tenant.MapPersonFeeds();
tenant.MapOutsideCalendars();
tenant.MapWebhooks();
tenant.MapMessageTemplates();

var fhir = app.MapFhirArea();
fhir.MapBulkPublish();
fhir.InTransactions().MapFhir();

app.MapScimArea().MapScim();

var anybody = app.MapPublicArea();
anybody.MapTenantLookup();
anybody.MapSignUps();
anybody.MapPublicFeeds();
anybody.OfSlug().MapPublicSlots();
anybody.OfSlug().MapPublicBulkPublish();
var client = anybody.OfSlug().InTransactions();
client.MapPublicServices();
client.MapPublicBookings(anybody.OfSlug());
client.MapPublicWaitlist();

EndpointsBuiltOnce.Use(app);
await app.RunAsync();
return Environment.ExitCode;
