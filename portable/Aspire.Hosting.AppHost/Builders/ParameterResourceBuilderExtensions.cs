using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Portable;

namespace Aspire.Hosting;

public static class ParameterResourceBuilderExtensions
{
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddResource(new ParameterResource(name, _ => builder.Configured(name) ?? throw Missing(name), secret));

    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false,
        bool secret = false) =>
        builder.AddResource(new ParameterResource(name, _ => builder.Configured(name) ?? value, secret));

    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, Func<string> valueGetter, bool publishValueAsDefault = false,
        bool secret = false) =>
        builder.AddResource(new ParameterResource(name, _ => builder.Configured(name) ?? valueGetter(), secret));

    /// <summary>A generated value is kept for the next run if it shall persist.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false,
        bool persist = false) =>
        builder.AddResource(builder.WithDefault(name, value, secret, persist));

    public static IResourceBuilder<ParameterResource> AddParameterFromConfiguration(
        this IDistributedApplicationBuilder builder, string name, string configurationKey, bool secret = false) =>
        builder.AddResource(new ParameterResource(
            name, _ => builder.Configuration[configurationKey] ?? throw Missing(name, configurationKey), secret));

    public static IResourceBuilder<ParameterResource> WithDescription(
        this IResourceBuilder<ParameterResource> builder, string description, bool enableMarkdown = false)
    {
        builder.Resource.Description = description;
        builder.Resource.EnableDescriptionMarkdown = enableMarkdown;
        return builder;
    }

    /// <summary>A connection string that is configured as <c>ConnectionStrings:name</c>.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, string? environmentVariableName = null) =>
        builder.AddResource(new ConnectionStringParameterResource(
            name,
            _ => builder.Configuration[$"ConnectionStrings:{name}"] ?? throw Missing(name, $"ConnectionStrings:{name}"),
            environmentVariableName)
        {
            IsConnectionString = true,
        });

    /// <summary>The password of a server for which none was given: generated, and kept while its data is.</summary>
    public static ParameterResource CreateDefaultPasswordParameter(
        IDistributedApplicationBuilder builder, string name, bool lower = true, bool upper = true, bool numeric = true,
        bool special = true, int minLower = 0, int minUpper = 0, int minNumeric = 0, int minSpecial = 0) =>
        builder.WithDefault(name, new GenerateParameterDefault
        {
            Lower = lower,
            Upper = upper,
            Numeric = numeric,
            Special = special,
            MinLower = minLower,
            MinUpper = minUpper,
            MinNumeric = minNumeric,
            MinSpecial = minSpecial,
        }, secret: true, persist: true);

    private static ParameterResource WithDefault(
        this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret, bool persist) =>
        new(name, _ => builder.Configured(name) ?? (persist ? Keep(builder, name, value) : value.GetDefaultValue()), secret)
        {
            Default = value,
        };

    private static string Keep(IDistributedApplicationBuilder builder, string name, ParameterDefault value) =>
        LocalFolders.Of(builder).KeepParameter($"Parameters:{name}", value.GetDefaultValue);

    /// <summary>Environment variables have no hyphens, so that underscores are tried too.</summary>
    private static string? Configured(this IDistributedApplicationBuilder builder, string name) =>
        builder.Configuration[$"Parameters:{name}"] ?? builder.Configuration[$"Parameters:{name.Replace('-', '_')}"];

    private static MissingParameterValueException Missing(string name, string? key = null) =>
        new($"The parameter '{name}' has no value: set the configuration key '{key ?? $"Parameters:{name}"}' "
            + $"(environment variable {(key ?? $"Parameters:{name.Replace('-', '_')}").Replace(":", "__")}).");
}

public static class ConnectionStringBuilderExtensions
{
    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, ReferenceExpression connectionStringExpression) =>
        builder.AddResource(new ConnectionStringResource(name, connectionStringExpression));

    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, Action<ReferenceExpressionBuilder> connectionStringBuilder)
    {
        var expression = new ReferenceExpressionBuilder();
        connectionStringBuilder(expression);
        return builder.AddConnectionString(name, expression.Build());
    }
}
