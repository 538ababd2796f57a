namespace Platform.Identity.SingleSignOn;

internal static class SingleSignOnSetup
{
    extension(WebApplicationBuilder builder)
    {
        /// <summary>Sign-in at the providers of tenants.</summary>
        public void AddSingleSignOn()
        {
            builder.Services.AddOptions<SingleSignOnOptions>().BindConfiguration(SingleSignOnOptions.Section)
                .Validate(
                    options => options.PrivateNetworks.All(network => System.Net.IPNetwork.TryParse(network, out _)),
                    "SingleSignOn:PrivateNetworks holds networks such as 10.1.0.0/16.")
                .ValidateOnStart();
            builder.Services.AddSingleton<ProviderHttp>();
            builder.Services.AddSingleton<ProviderHandlers>();
            builder.Services.AddSingleton<DomainVerifier>();
            builder.Services.AddScoped<IdentityProviders>();
            builder.Services.AddScoped<ExternalAccounts>();
            builder.Services.AddScoped<ProviderSignIn>();
        }
    }
}
