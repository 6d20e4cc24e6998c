import os
print(open('/app/installed.txt').read().strip(), 'as', os.getuid())
