using Microsoft.Playwright;

namespace Platform.Tests.Ui;

public static class Arrival
{
    extension(IPage page)
    {
        /// <summary>
        /// Waits until the window is at this URL and the page has been read. Playwright's own wait for the end of loading now
        /// and then misses that it has ended.
        /// </summary>
        public async Task ArriveAsync(string url)
        {
            await page.WaitForURLAsync(url, new() { WaitUntil = WaitUntilState.Commit });
            await Worker.Eventually.TrueAsync(page.IsReadAsync);
        }

        private async Task<bool> IsReadAsync()
        {
            try
            {
                return await page.EvaluateAsync<string>("document.readyState") != "loading";
            }
            catch (PlaywrightException)
            {
                return false; // it leads on to another page
            }
        }
    }
}
