using Microsoft.Playwright;
using Platform.Contracts.Tenants;

namespace Platform.Stack.Support;

/// <summary>A person with a browser, who follows links, fills in forms and reads pages.</summary>
internal sealed class Person(StackFixture stack, IBrowserContext context, IPage page) : IAsyncDisposable
{
    public IPage Page => page;

    /// <summary>Goes to an app, is sent to Identity, signs in, and is back at the app.</summary>
    public async Task SignInAsync(Uri app, DemoUser user)
    {
        await page.GotoAsync(app.ToString());
        await ArriveAsync(stack.Identity);
        await page.FillAsync("[name='Input.Email']", user.Email);
        await page.FillAsync("[name='Input.Password']", DemoTenants.Password);
        await page.ClickAsync("button[value=signin]");
        await ArriveAsync(app);
    }

    /// <summary>
    /// Books the first free slot of a day on which the service has one, and ends on the page that says so.
    /// </summary>
    public async Task<long> BookAsync(string service, string clientName, string clientEmail)
    {
        await ChooseSlotAsync(service, last: false);
        return await ConfirmAsync(clientName, clientEmail);
    }

    /// <summary>On the page to book: the service, the first resource if there is a choice, and a free start.</summary>
    public async Task ChooseSlotAsync(string service, bool last)
    {
        await page.GotoAsync(new Uri(stack.Hub, $"t/{DemoTenants.Clinic.Slug}/book").ToString());
        var name = await page.Locator("[name='Input.ServiceId'] option", new() { HasText = service }).First.GetAttributeAsync("value");
        await RefreshedAsync(() => page.SelectOptionAsync("[name='Input.ServiceId']", name!));
        var choice = page.Locator("select[name='Input.ResourceIds[0]']");
        if (await choice.CountAsync() > 0)
        {
            await RefreshedAsync(() => choice.SelectOptionAsync(new SelectOptionValue { Index = 1 }));
        }

        var starts = page.Locator(".times label");
        await (last ? starts.Last : starts.First).ClickAsync();
    }

    private Task RefreshedAsync(Func<Task> act) => page.RunAndWaitForResponseAsync(
        act, response => response.Url.Contains("handler=Refresh", StringComparison.Ordinal));

    /// <summary>Fills in the client on the details page, and confirms.</summary>
    public async Task<long> ConfirmAsync(string clientName, string clientEmail)
    {
        await page.FillAsync("[name='Input.Name']", clientName);
        await page.FillAsync("[name='Input.Email']", clientEmail);
        await page.Locator("main form button[type=submit]").Last.ClickAsync();
        await page.WaitForURLAsync(url => url.Contains("/book/done/", StringComparison.Ordinal));
        return long.Parse(new Uri(page.Url).Segments[^1], null);
    }

    /// <summary>Waits until the browser is at an app, and says where it is instead.</summary>
    private async Task ArriveAsync(Uri app)
    {
        try
        {
            await page.WaitForURLAsync(url => url.StartsWith(app.ToString(), StringComparison.Ordinal));
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"The browser is at {page.Url}, not at {app}: {await page.Locator("body").InnerTextAsync()}", e);
        }
    }

    public async ValueTask DisposeAsync() => await context.CloseAsync();
}
