namespace QuickStart.Load;

/// <summary>
/// Which versions may answer users at the moment: one, or old and new while they are being switched.
/// An application that doesn't tell its version may answer anything.
/// </summary>
internal sealed class ServingVersions(bool areTold)
{
    private volatile string[] _allowed = [];

    public string[] Allowed => _allowed;

    public void Allow(params string[] versions) => _allowed = versions;

    /// <summary>The version that answered; null when what it said isn't one that may serve.</summary>
    /// <param name="body">What was answered.</param>
    /// <param name="whenSent">What was allowed when the request was sent: an answer may arrive just when that changes.</param>
    public string? Recognize(string body, string[] whenSent)
    {
        if (!areTold)
        {
            return "answered";
        }

        return whenSent.Contains(body) || _allowed.Contains(body) ? body : null;
    }
}
