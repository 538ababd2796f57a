using Microsoft.AspNetCore.Identity;
using Platform.Identity;
using Platform.Identity.Accounts;
using Platform.Identity.Clients;
using Platform.Identity.Factors;
using Platform.Identity.Http;
using Platform.Identity.People;
using Platform.Identity.SingleSignOn;
using Platform.Identity.Storage;
using Platform.ServiceDefaults.Databases;
using Platform.ServiceDefaults.Http;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton(TimeProvider.System);

if (args is ["migrate", ..])
{
    await DatabaseSetup.RunAsync(builder.Configuration, StorageSetup.AppRole, [StorageSetup.Database], CancellationToken.None);
    builder.AddStorageAsOwner();
    builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);
    // EF asks an empty database for its migrations, and calls the answer a failure.
    builder.Logging.AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.None);
    builder.Services.AddSingleton<IPasswordHasher<Account>, PasswordHasher<Account>>();
    builder.Services.AddSingleton<ILookupNormalizer, UpperInvariantLookupNormalizer>();
    builder.Services.AddScoped<DemoAccounts>();
    builder.Services.AddScoped<IdentityMigrator>();

    await using var migration = builder.Build();
    await using var scope = migration.Services.CreateAsyncScope();
    await scope.ServiceProvider.GetRequiredService<IdentityMigrator>().RunAsync(CancellationToken.None);
    return;
}

if (args is ["keys", "rotate"])
{
    await RotateKeys.RunAsync(builder.Configuration, Console.Out, CancellationToken.None);
    return;
}

var issuer = builder.Configuration["Identity:Issuer"]?.TrimEnd('/')
    ?? throw new InvalidOperationException("Set Identity:Issuer to the address under which browsers know this process.");
var clients = ClientOptions.Read(builder.Configuration);

builder.AddServiceDefaults();
builder.AddStorage();
builder.AddKeyRingInDatabase();
builder.AddAccounts();
builder.AddProvider(issuer, clients);
builder.AddPeople(issuer, clients);
builder.AddAccountsApi(issuer);
builder.AddSingleSignOn();
builder.AddRateLimits();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
builder.Services.AddRazorPages().AddMvcOptions(mvc => mvc.Filters.Add<StaleFormFilter>());
builder.Services.AddProblemDetails();
builder.Services.AddExceptionHandler<PeopleUnavailableHandler>();
builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = false);

var app = builder.Build();

app.UseAddressOf(issuer);
app.UseSignInHeaders();
app.UseNoStore();
app.UseCacheRules();
app.UseErrorPages();
app.UseDatabaseWatch(ErrorPages.RefuseAsync);
app.UseRateLimiter();
app.UseMiddleware<ClientRateLimit>();
app.UseRouting();
app.UseEngine();
app.UseStaticFiles();
app.UseAuthorization();

app.MapDefaultEndpoints();
app.MapEngine();
app.MapAccounts();
app.MapAccountSecurity();
app.MapLogins();
app.MapPasskeys();
app.MapIdentityProviders();
app.MapBrands();
app.MapRazorPages();

app.Run();
