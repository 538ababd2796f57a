using Microsoft.Playwright;

namespace Platform.Tests.Ui;

public static class Arrival
{
    extension(IPage page)
    {
        /// <summary>
        /// Waits until the window is at this URL and the page is complete. Playwright's own wait for the end of loading now
        /// and then misses that it has ended.
        /// </summary>
        public async Task ArriveAsync(string url)
        {
            await page.WaitForURLAsync(url, new() { WaitUntil = WaitUntilState.Commit });
            await page.CompleteAsync();
        }

        /// <summary>Waits until the page is complete, and its scripts have run.</summary>
        public Task CompleteAsync() => Worker.Eventually.TrueAsync(page.IsCompleteAsync);

        private async Task<bool> IsCompleteAsync()
        {
            try
            {
                return await page.EvaluateAsync<string>("document.readyState") == "complete"; // scripts have run
            }
            catch (PlaywrightException)
            {
                return false; // it leads on to another page
            }
        }
    }
}
