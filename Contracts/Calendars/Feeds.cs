namespace Platform.Contracts.Calendars;

/// <summary><c>POST /api/v1/resources/{id}/feed</c></summary>
/// <param name="Details">Whether the feed names the clients; anybody who has its URL can read it.</param>
public sealed record CreateFeedRequest(bool Details = false);

/// <param name="Token">The secret part of the URL. It is shown only once; a new one ends the old one.</param>
/// <param name="Path">The address to subscribe to, below the API's own.</param>
/// <param name="Details">Whether the feed names the clients.</param>
public sealed record FeedResponse(long ResourceId, string Token, string Path, bool Details);
