Console.WriteLine("Hello from aspnetapp");
