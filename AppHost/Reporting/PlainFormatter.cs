using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Platform.AppHost.Reporting;

/// <summary>
/// Writes what the AppHost says as a person reads it: the message alone, with warnings and errors marked.
/// </summary>
internal sealed class PlainFormatter() : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "plain";

    public override void Write<TState>(in LogEntry<TState> entry, IExternalScopeProvider? scopes, TextWriter output)
    {
        var mark = entry.LogLevel switch
        {
            LogLevel.Warning => "  warning: ",
            LogLevel.Error or LogLevel.Critical => "  problem: ",
            _ => "  ",
        };
        var message = entry.Formatter(entry.State, entry.Exception);
        var text = entry.Exception is { } e ? $"{message} {e.GetType().Name}: {e.Message}" : message;
        output.WriteLine(mark + text.ReplaceLineEndings(Environment.NewLine + "  "));
    }
}
