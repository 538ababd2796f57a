using System.ComponentModel;
using System.Diagnostics;

namespace Platform.AppHost.Servers;

internal static class ContainerEngine
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);
    private static readonly Lazy<bool> SomeEngineAnswers = new(() => Answers("docker") || Answers("podman"));

    /// <summary>Whether Docker or Podman is installed and its engine runs.</summary>
    public static bool IsAvailable => SomeEngineAnswers.Value;

    private static bool Answers(string engine)
    {
        try
        {
            var start = new ProcessStartInfo(engine, "info")
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var info = Process.Start(start);
            return info is not null && info.WaitForExit(AnswerTimeout) && info.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false; // not installed
        }
    }
}
