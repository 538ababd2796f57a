using System.Runtime.CompilerServices;

namespace Platform.Tests.Support;

internal static class NoReload
{
    /// <summary>
    /// No host of a test reads its configuration again. Watching the files would take an inotify instance for each of
    /// them, and Linux gives a user 128.
    /// </summary>
    [ModuleInitializer]
    internal static void Set() => Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");
}
