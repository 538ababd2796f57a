namespace Platform.AppHost;

/// <summary>
/// The folder of everything that a run of this checkout keeps: the data of local servers, and the addresses of the
/// running stack. <c>Local:Folder</c> names another one.
/// </summary>
internal static class LocalFolder
{
    public static string Of(IDistributedApplicationBuilder builder) =>
        Path.GetFullPath(builder.Configuration["Local:Folder"] ?? Path.Combine(builder.AppHostDirectory, "..", ".local"));
}
