using Microsoft.AspNetCore.Mvc.Routing;
using Platform.Contracts;
using Platform.Hub.Web;
using Platform.Hub.Web.Forms;
using Platform.Hub.Web.Public;
using Platform.Hub.Web.Settings;
using Platform.Hub.Web.Tenants;
using Platform.ServiceDefaults.Http;
using Platform.ServiceDefaults.KeyRing;
using Platform.Ui;
using Platform.Ui.SignIn;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddRedisClient("redis"); // sessions, and the keys of cookies
builder.AddKeyRing();
builder.AddSignIn(Scopes.Scheduling, Scopes.Licensing);
builder.AddUi().AddRazorPagesOptions(pages => pages.Conventions.AddTenantRoutes())
    .AddMvcOptions(options => options.Filters.Add<StaleForms>());
builder.Services.AddSingleton<IUrlHelperFactory, TenantLinks>();
builder.AddApi<HubApi>();
builder.AddPublicPages();
builder.AddSettings();
builder.AddFeeds();

var app = builder.Build();
app.UsePublicPages();
app.UseWebAppHeaders(builder.Configuration["Identity:Issuer"]);
app.UseNoStore();
app.UseUi();
app.UseAuthentication();
app.UseAuthorization();
app.MapDefaultEndpoints();
app.MapSignIn();
app.MapPublicPages();
app.MapFeeds();
app.MapUi();

app.Run();
