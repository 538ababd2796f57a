using Platform.Admin.Web;
using Platform.Admin.Web.Views;
using Platform.Contracts;
using Platform.ServiceDefaults.Http;
using Platform.ServiceDefaults.KeyRing;
using Platform.Ui;
using Platform.Ui.SignIn;

const string staff = "staff";

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddRedisClient("redis"); // sessions, and the keys of cookies
builder.AddKeyRing();
builder.AddSignIn(Scopes.Platform, Scopes.Scheduling); // the second to look at bookings of a tenant
builder.AddUi().AddRazorPagesOptions(pages => pages.Conventions.AuthorizeFolder("/", staff));
builder.Services.AddAuthorizationBuilder().AddPolicy(staff, policy => policy
    .RequireAuthenticatedUser()
    .RequireClaim(ClaimNames.PlatformRole, PlatformRoles.InternalAdmin, PlatformRoles.InternalViewer));
builder.AddApi<AdminApi>();
builder.Services.AddTransient<PersonFinder>();
builder.Services.AddSingleton<TenantViews>();

var app = builder.Build();
app.UseWebAppHeaders(builder.Configuration["Identity:Issuer"]);
app.UseNoStore();
app.UseUi();
app.UseAuthentication();
app.UseAuthorization();
app.MapDefaultEndpoints();
app.MapSignIn();
app.MapUi();

app.Run();
