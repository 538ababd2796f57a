using System.Collections;

var app = WebApplication.CreateBuilder(args).Build();

app.MapGet("/health", () => "Healthy");
app.MapGet("/env", () => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
    .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value));
app.MapGet("/pid", () => Environment.ProcessId);
app.MapPost("/crash", () =>
{
    Console.WriteLine("about to crash");
    Environment.Exit(7);
});

app.Run();
