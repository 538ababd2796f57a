using Platform.Api;
using Platform.Api.Access;
using Platform.Api.Bookings;
using Platform.Api.Catalogue;
using Platform.Api.Events;
using Platform.Api.Licensing;
using Platform.Api.Metrics;
using Platform.Api.Migrations;
using Platform.Api.OpenApi;
using Platform.Api.People;
using Platform.Api.Public;
using Platform.Api.Tenants;
using Platform.Core.Storage;

var builder = WebApplication.CreateBuilder(args);

if (args is ["migrate", ..])
{
    return await MigrateCommand.RunAsync(
        new Migrator(builder.ConnectionString(Databases.Platform), builder.ConnectionString(Databases.Tenant)),
        withDemo: builder.Environment.IsDevelopment(),
        Console.Out,
        CancellationToken.None);
}

builder.AddServiceDefaults();
builder.AddStorage();
builder.AddModules();
builder.AddAuthentication();
builder.AddHttp();
builder.AddOpenApi();

var app = builder.Build();

app.UseProblems();
app.UseAuthentication();
app.UseAuthorization();
app.UseMiddleware<TenantGate>();
app.UseMiddleware<PublicGate>();

app.MapDefaultEndpoints();
app.MapOpenApiDocuments();

app.MapServiceArea().MapPersonContext();

var staff = app.MapStaffArea();
staff.MapTenants();
staff.MapApplications();
staff.MapUserTypes();
staff.MapMetrics();
staff.MapEvents();

var direct = app.MapTenantArea();
var tenant = direct.InTransactions();
direct.MapMe();
direct.MapSlots();
tenant.MapCatalogue();
tenant.MapBookings(direct);
tenant.MapHolds(direct);
tenant.MapSeries();
tenant.MapWaitlist();

var anybody = app.MapPublicArea();
anybody.MapTenantLookup();
anybody.OfSlug().MapPublicSlots();
anybody.OfSlug().InTransactions().MapPublicServices();

await app.RunAsync();
return 0;
