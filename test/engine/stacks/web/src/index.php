<?php echo 'received ' . strlen(file_get_contents('php://input')) . ' bytes';
